using NixSharp.Images.Oci;
using NixSharp.Integration.Tests.Registries;
using NixSharp.Registries;
using NixSharp.SupplyChain;

namespace NixSharp.Integration.Tests.SupplyChain;

/// <summary>A small image in a registry, and a client for its repository.</summary>
internal sealed class PushedImage : IDisposable
{
    private PushedImage(RegistryClient client, ImageSubject subject, OciDescriptor manifest)
    {
        Client = client;
        Subject = subject;
        Manifest = manifest;
    }

    public RegistryClient Client { get; }

    public ImageSubject Subject { get; }

    public OciDescriptor Manifest { get; }

    public string Reference => Client.Reference.ToString();

    public static async Task<PushedImage> CreateAsync(string host)
    {
        var reference = $"{host}/acme/hello:1.0";
        await new TestImage(new TestLayer(1)).PushAsync(reference, new PushOptions { Credentials = CredentialStore.Anonymous });
        var client = Connect(reference);
        var (subject, manifest) = await client.ResolveSubjectAsync();
        return new PushedImage(client, subject, manifest);
    }

    public static RegistryClient Connect(string reference) =>
        new(ImageReference.Parse(reference), new RegistryOptions { Credentials = CredentialStore.Anonymous, RetryDelay = TimeSpan.FromMilliseconds(1) });

    public void Dispose() => Client.Dispose();
}
