using System.Text.RegularExpressions;

namespace NixSharp.Registries.Skopeo;

public sealed partial class SkopeoClient
{
    /// <summary>Signs a manifest that is a file with a GPG key of this user, and writes the signature to a file.</summary>
    /// <param name="manifestFile">The manifest.</param>
    /// <param name="reference">The name that is signed, such as <c>docker.io/library/hello:1.0</c>.</param>
    /// <param name="fingerprint">The key's fingerprint.</param>
    /// <param name="signatureFile">Where the signature goes.</param>
    /// <param name="passphraseFile">The file with the key's passphrase, if it has one.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public Task StandaloneSignAsync(
        string manifestFile,
        string reference,
        string fingerprint,
        string signatureFile,
        string? passphraseFile = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(manifestFile);
        ArgumentException.ThrowIfNullOrEmpty(reference);
        ArgumentException.ThrowIfNullOrEmpty(fingerprint);
        ArgumentException.ThrowIfNullOrEmpty(signatureFile);
        var arguments = new SkopeoArguments("standalone-sign").Add("--output", signatureFile).Add("--passphrase-file", passphraseFile);
        return RunAsync(arguments, [manifestFile, reference, fingerprint], cancellationToken);
    }

    /// <summary>Checks the signature of a manifest that is a file; a bad one is an error (<c>NIXS4153</c>).</summary>
    /// <param name="manifestFile">The manifest.</param>
    /// <param name="reference">The name that has to be signed.</param>
    /// <param name="fingerprint">The fingerprint of the key that has to have signed; skopeo 1.10 and later take several, with commas.</param>
    /// <param name="signatureFile">The signature.</param>
    /// <param name="publicKeyFile">A file with public keys in place of this user's. Newer than skopeo 1.9.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public async Task<SkopeoVerification> StandaloneVerifyAsync(
        string manifestFile,
        string reference,
        string fingerprint,
        string signatureFile,
        string? publicKeyFile = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(manifestFile);
        ArgumentException.ThrowIfNullOrEmpty(reference);
        ArgumentException.ThrowIfNullOrEmpty(fingerprint);
        ArgumentException.ThrowIfNullOrEmpty(signatureFile);
        var arguments = new SkopeoArguments("standalone-verify").Add("--public-key-file", publicKeyFile);
        var (command, result) = await RunAsync(arguments, [manifestFile, reference, fingerprint, signatureFile], cancellationToken).ConfigureAwait(false);
        var match = VerifiedPattern().Match(result.Output);
        return match.Success
            ? new SkopeoVerification(
                ParseDigest(command, match.Groups["digest"].Value),
                match.Groups["fingerprint"] is { Success: true, Value: var signer } ? signer : fingerprint)
            : throw Malformed(command, "did not say that the signature is good");
    }

    [GeneratedRegex("^Signature verified(?: using fingerprint (?<fingerprint>[0-9A-Fa-f]+))?, digest (?<digest>sha256:[0-9a-f]{64})", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex VerifiedPattern();
}
