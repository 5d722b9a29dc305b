using System.CommandLine;
using NixSharp.Registries;

namespace NixSharp.Tool.Commands;

/// <summary>The options that say how a registry is talked to.</summary>
/// <param name="prefix">What the names start with, where a command talks to two registries: <c>src-</c>, <c>dest-</c>.</param>
internal sealed class RegistryOptionSet(string prefix = "")
{
    private readonly Option<string?> _authFile = new($"--{prefix}authfile") { Description = "The file with credentials, in place of those of skopeo, Podman and Docker.", HelpName = "FILE" };
    private readonly Option<string?> _certificateFolder = new($"--{prefix}cert-dir") { Description = "A folder with the registry's certificates.", HelpName = "DIR" };
    private readonly Option<bool> _plainHttp = new($"--{prefix}plain-http") { Description = "Talk plain HTTP to a registry that is not on this machine." };
    private readonly Option<bool> _insecure = new($"--{prefix}insecure") { Description = "Take any certificate, and plain HTTP where there is no TLS." };
    private readonly Option<int?> _connections = new($"--{prefix}connections") { Description = "The most requests at one time. Default: as many as the registry takes well.", HelpName = "N" };

    /// <summary>The file with credentials, if one is named.</summary>
    public string? AuthFile(ParseResult parsed) => parsed.GetValue(_authFile);

    /// <summary>Adds all of them to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        _connections.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int?>() < 1)
            {
                result.AddError($"{_connections.Name} takes a number from 1 on.");
            }
        });
        foreach (var option in (Option[])[_authFile, _certificateFolder, _plainHttp, _insecure, _connections])
        {
            command.Add(option);
        }
    }

    /// <summary>The options as <paramref name="defaults"/> have them, with what the command line says.</summary>
    public T Apply<T>(ParseResult parsed, T defaults)
        where T : RegistryOptions => defaults with
        {
            Credentials = AuthFile(parsed) is { } file ? CredentialStore.FromFile(file) : CredentialStore.Default,
            CertificateFolder = parsed.GetValue(_certificateFolder),
            PlainHttp = parsed.GetValue(_plainHttp),
            Insecure = parsed.GetValue(_insecure),
            Connections = parsed.GetValue(_connections),
        };

    /// <summary>A client for the repository that <paramref name="reference"/> names.</summary>
    public RegistryClient CreateClient(ParseResult parsed, string reference) => new(ImageOperand.ParseReference(reference), Apply(parsed, new RegistryOptions()));
}
