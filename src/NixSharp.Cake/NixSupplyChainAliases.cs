using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Closures;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.SupplyChain;
using NixSharp.SupplyChain.Bills;
using NixSharp.SupplyChain.Signing;

namespace NixSharp.Cake;

/// <summary>Says what images are made of and how, signs them, and verifies that.</summary>
[CakeAliasCategory("Nix")]
public static class NixSupplyChainAliases
{
    /// <summary>Writes the bill of materials of the closure of some store paths to a file.</summary>
    /// <example><code>NixBillOfMaterials([app], BillFormat.CycloneDx, "./artifacts/hello.cdx.json", new NixSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("SupplyChain")]
    [CakeNamespaceImport("NixSharp.SupplyChain.Bills")]
    public static void NixBillOfMaterials(this ICakeContext context, IReadOnlyList<StorePath> paths, BillFormat format, string file, NixSettings settings) =>
        StoreRunner.Run(context, settings, async store =>
        {
            var bill = await ReadBillAsync(store, paths).ConfigureAwait(false);
            await format.WriteFileAsync(bill, StoreRunner.FullPath(context, file)!).ConfigureAwait(false);
            context.Log.Information("{0}: {1} components", file, bill.Components.Count);
            return true;
        });

    /// <summary>Attaches the bill of materials and the provenance of some store paths to the image of their closure, signed where <see cref="NixAttachSettings.Key"/> is given.</summary>
    /// <returns>The digests of the manifests that hold them.</returns>
    /// <example><code>NixImageAttach([app], "quay.io/acme/hello:1.0", new NixAttachSettings { Key = "cosign.key" });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("SupplyChain")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    [CakeNamespaceImport("NixSharp.SupplyChain")]
    [CakeNamespaceImport("NixSharp.SupplyChain.Bills")]
    public static IReadOnlyList<OciDigest> NixImageAttach(this ICakeContext context, IReadOnlyList<StorePath> paths, string reference, NixAttachSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(context, settings, async store =>
        {
            using var client = Client(context, reference, settings.Registry);
            using var key = settings.Key is { } file ? await CosignKey.ReadAsync(StoreRunner.FullPath(context, file)!, settings.Password).ConfigureAwait(false) : null;
            var bill = await ReadBillAsync(store, paths).ConfigureAwait(false);
            var attached = new List<OciDigest>();
            foreach (var format in settings.Bills)
            {
                attached.Add((await client.AttachBillAsync(bill, format, key: key).ConfigureAwait(false)).Digest);
            }

            if (settings.Provenance is { } provenance)
            {
                attached.Add((await client.AttachProvenanceAsync(bill, provenance, key).ConfigureAwait(false)).Digest);
            }

            context.Log.Information("{0}: {1} documents attached", reference, attached.Count);
            return attached;
        });
    }

    /// <summary>Signs an image in its registry, so that <c>cosign verify --key</c> accepts it.</summary>
    /// <returns>The digest that was signed.</returns>
    /// <example><code>NixImageSign("quay.io/acme/hello:1.0", "cosign.key", EnvironmentVariable("COSIGN_PASSWORD"), new NixPushSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("SupplyChain")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    public static OciDigest NixImageSign(this ICakeContext context, string reference, string key, string? password, NixPushSettings settings) =>
        StoreRunner.Run(async () =>
        {
            using var client = Client(context, reference, settings);
            using var secret = await CosignKey.ReadAsync(StoreRunner.FullPath(context, key)!, password).ConfigureAwait(false);
            var (image, _) = await client.ResolveSubjectAsync().ConfigureAwait(false);
            await new CosignSigner(client, secret).SignAsync(image).ConfigureAwait(false);
            context.Log.Information("{0}@{1} is signed", image.Name, image.Digest);
            return image.Digest;
        });

    /// <summary>Fails where an image in its registry is not signed with a key.</summary>
    /// <returns>The digest that is signed.</returns>
    /// <example><code>NixImageVerify("quay.io/acme/hello:1.0", "cosign.pub", new NixPushSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("SupplyChain")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    public static OciDigest NixImageVerify(this ICakeContext context, string reference, string publicKey, NixPushSettings settings) =>
        StoreRunner.Run(async () =>
        {
            using var client = Client(context, reference, settings);
            using var key = await CosignPublicKey.ReadAsync(StoreRunner.FullPath(context, publicKey)!).ConfigureAwait(false);
            var (image, _) = await client.ResolveSubjectAsync().ConfigureAwait(false);
            await new CosignVerifier(client, key).VerifyAsync(image).ConfigureAwait(false);
            return image.Digest;
        });

    private static async Task<BillOfMaterials> ReadBillAsync(INixStore store, IReadOnlyList<StorePath> paths) =>
        await BillOfMaterials.CreateAsync(await store.GetClosureAsync(paths).ConfigureAwait(false)).ConfigureAwait(false);

    private static RegistryClient Client(ICakeContext context, string reference, NixPushSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new RegistryClient(ImageReference.Parse(reference), NixImageAliases.PushOptionsOf(context, settings));
    }
}
