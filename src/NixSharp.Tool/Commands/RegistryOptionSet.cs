using System.CommandLine;
using NixSharp.Registries;

namespace NixSharp.Tool.Commands;

/// <summary>The options that say how a registry is talked to.</summary>
internal sealed class RegistryOptionSet
{
    private readonly Option<string?> _authFile = new("--authfile") { Description = "The file with credentials, in place of those of skopeo, Podman and Docker.", HelpName = "FILE" };
    private readonly Option<bool> _plainHttp = new("--plain-http") { Description = "Talk plain HTTP to a registry that is not on this machine." };

    /// <summary>Adds all of them to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        command.Add(_authFile);
        command.Add(_plainHttp);
    }

    /// <summary>A client for the repository that <paramref name="reference"/> names.</summary>
    public RegistryClient CreateClient(ParseResult parsed, string reference) => new(ImageReference.Parse(reference), new RegistryOptions
    {
        Credentials = parsed.GetValue(_authFile) is { } file ? CredentialStore.FromFile(file) : CredentialStore.Default,
        PlainHttp = parsed.GetValue(_plainHttp),
    });
}
