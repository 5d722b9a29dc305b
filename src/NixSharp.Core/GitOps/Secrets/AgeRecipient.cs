namespace NixSharp.GitOps.Secrets;

/// <summary>Whom age encrypts for: an X25519 public key, <c>age1...</c>.</summary>
public sealed record AgeRecipient
{
    private const string Prefix = "age";

    private AgeRecipient(string text) => Text = text;

    internal string Text { get; }

    /// <summary>Reads <c>age1...</c>.</summary>
    /// <exception cref="GitOpsException">The text is no recipient.</exception>
    public static AgeRecipient Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Bech32.Decode(Prefix, text) is { Length: 32 }
            ? new AgeRecipient(text.ToLowerInvariant())
            : throw new GitOpsException(NixErrorCodes.InvalidSshKey, $"'{text}' is no recipient of age. Recipients are like age1 and 58 letters and digits; copy it whole.", text);
    }

    /// <summary>The recipient for the owner of an ed25519 key: the line in <c>id_ed25519.pub</c> or <c>ssh_host_ed25519_key.pub</c>.</summary>
    /// <exception cref="GitOpsException">The line is no ed25519 key.</exception>
    public static AgeRecipient FromSshPublicKey(string line) => new(Bech32.Encode(Prefix, SshPublicKey.ReadEd25519(line)));

    /// <summary><c>age1...</c></summary>
    public override string ToString() => Text;
}
