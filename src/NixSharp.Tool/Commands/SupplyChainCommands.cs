using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Files;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.StorePaths;
using NixSharp.SupplyChain;
using NixSharp.SupplyChain.Bills;
using NixSharp.SupplyChain.Signing;

namespace NixSharp.Tool.Commands;

/// <summary>The commands of <c>nixsharp image</c> that say what an image is made of.</summary>
internal static class SupplyChainCommands
{
    private static readonly Argument<string[]> Paths = new("paths") { Description = "The store paths whose closure the image holds.", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string?> Key = new("--key") { Description = "A private key: what is attached is signed with it as an attestation too.", HelpName = "FILE" };

    public static Command CreateBill()
    {
        var format = new Option<string>("--format") { Description = "cyclonedx (1.6) or spdx (2.3), both JSON.", HelpName = "FORMAT", DefaultValueFactory = static _ => "cyclonedx" };
        format.AcceptOnlyFromAmong("cyclonedx", "spdx");
        var output = new Option<string?>("--output", "-o") { Description = "The file to write. Default: standard output.", HelpName = "FILE" };
        var attach = new Option<string?>("--attach") { Description = "Attach it to this image in a registry, instead of writing it.", HelpName = "REFERENCE" };
        var name = new Option<string?>("--name") { Description = "What the bill calls that which it describes.", HelpName = "NAME" };
        var created = new Option<DateTimeOffset?>("--created") { Description = "When it was made. Default: second 1 of 1970, so that equal closures have equal bills.", HelpName = "TIME" };
        var registry = new RegistryOptionSet();
        var command = new Command("sbom", "Say what a closure is made of: a software bill of materials.") { Paths, format, output, attach, name, created, Key };
        registry.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var kind = parsed.GetValue(format) == "spdx" ? BillFormat.Spdx : BillFormat.CycloneDx;
            var options = new BillOptions { Name = parsed.GetValue(name) };
            options = parsed.GetValue(created) is { } time ? options with { Created = time } : options;
            var bill = await ReadBillAsync(parsed, cancellationToken);
            if (parsed.GetValue(attach) is { } reference)
            {
                using var client = registry.CreateClient(parsed, reference);
                using var key = await ReadKeyAsync(parsed, Key, cancellationToken);
                Print(parsed, client, await client.AttachBillAsync(bill, kind, options, key, cancellationToken));
                return;
            }

            await WriteAsync(kind.Write(bill, options), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    public static Command CreateProvenance()
    {
        var reference = new Option<string>("--image") { Description = "The image in its registry.", HelpName = "REFERENCE", Required = true };
        var attach = new Option<bool>("--attach") { Description = "Attach it to the image, instead of writing it." };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write. Default: standard output.", HelpName = "FILE" };
        var builder = new Option<string?>("--builder-id") { Description = "A URI that says who built.", HelpName = "URI" };
        var invocation = new Option<string?>("--invocation-id") { Description = "The builder's own name of the run, such as the URL of a CI job.", HelpName = "ID" };
        var parameters = new Option<string[]>("--parameter") { Description = "A parameter of the build, such as source=git+https://example.org/app. May be given several times.", HelpName = "NAME=VALUE" };
        var registry = new RegistryOptionSet();
        var command = new Command("provenance", "Say how the image of a closure came to be: SLSA provenance, version 1.") { Paths, reference, attach, output, builder, invocation, parameters, Key };
        registry.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new ProvenanceOptions
            {
                InvocationId = parsed.GetValue(invocation),
                Parameters = new JObject((parsed.GetValue(parameters) ?? []).Select(static pair => pair.Split('=', 2)).GroupBy(static pair => pair[0]).Select(static group => new JProperty(group.Key, group.Last().ElementAtOrDefault(1) ?? ""))),
            };
            options = parsed.GetValue(builder) is { } id ? options with { BuilderId = id } : options;
            using var client = registry.CreateClient(parsed, parsed.GetRequiredValue(reference));
            var bill = await ReadBillAsync(parsed, cancellationToken);
            if (parsed.GetValue(attach))
            {
                using var key = await ReadKeyAsync(parsed, Key, cancellationToken);
                Print(parsed, client, await client.AttachProvenanceAsync(bill, options, key, cancellationToken));
                return;
            }

            var (image, _) = await client.ResolveSubjectAsync(cancellationToken);
            await WriteAsync(Provenance.Write(bill, image, options), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    /// <summary>Reads the private key that an option names; its password is in the variable that cosign has for it.</summary>
    public static async Task<CosignKey?> ReadKeyAsync(ParseResult parsed, Option<string?> option, CancellationToken cancellationToken) =>
        parsed.GetValue(option) is { } file ? await CosignKey.ReadAsync(file, Environment.GetEnvironmentVariable("COSIGN_PASSWORD"), cancellationToken) : null;

    /// <summary>Writes a document to a file, or to standard output.</summary>
    public static async Task WriteAsync(JObject document, string? file, CancellationToken cancellationToken)
    {
        var text = Json.JsonText.Format(document);
        if (file is null)
        {
            Console.Out.Write(text);
            return;
        }

        await AtomicFile.WriteAsync(file, System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    private static async Task<BillOfMaterials> ReadBillAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await parsed.OpenStoreAsync(cancellationToken);
        var roots = parsed.GetRequiredValue(Paths).Select(text => StorePath.Parse(text, store.StoreDirectory)).ToList();
        return await BillOfMaterials.CreateAsync(await store.GetClosureAsync(roots, cancellationToken), cancellationToken);
    }

    private static void Print(ParseResult parsed, RegistryClient client, OciDescriptor manifest)
    {
        var attached = $"{client.Reference.Registry}/{client.Reference.Repository}@{manifest.Digest}";
        Output.Print(parsed, attached, () => new JObject { ["attached"] = attached, ["digest"] = manifest.Digest.ToString(), ["size"] = manifest.Size });
    }
}
