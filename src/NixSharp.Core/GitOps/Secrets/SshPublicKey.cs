namespace NixSharp.GitOps.Secrets;

/// <summary>Public keys of OpenSSH.</summary>
internal static class SshPublicKey
{
    private const int MaxLength = 16 * 1024;

    /// <summary>The Montgomery form of the key in a line: <c>ssh-ed25519 BASE64 comment</c>.</summary>
    public static byte[] ReadEd25519(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var parts = line.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (line.Length > MaxLength || parts.Length < 2 || !parts[0].StartsWith("ssh-", StringComparison.Ordinal))
        {
            throw Invalid("it is no line of the form 'ssh-ed25519 AAAA... comment'");
        }

        if (parts[0] != "ssh-ed25519")
        {
            throw Invalid($"it is of type {parts[0]}, and age has only ed25519 in common with SSH");
        }

        var bytes = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], bytes, out var count))
        {
            throw Invalid("its middle is no base 64");
        }

        var wire = new SshWire(bytes.AsSpan(0, count));
        return wire.TryReadString(out var type) && type.SequenceEqual("ssh-ed25519"u8) && wire.TryReadString(out var key) && key.Length == 32 && wire.IsAtEnd
            ? Curve25519.ToMontgomery(key) ?? throw Invalid("its bytes are no point of the curve")
            : throw Invalid("its bytes are no ed25519 key");
    }

    private static GitOpsException Invalid(string why) => new(
        NixErrorCodes.InvalidSshKey,
        $"The SSH key cannot be turned into a recipient: {why}. Take the contents of a file such as id_ed25519.pub or /etc/ssh/ssh_host_ed25519_key.pub.",
        "");
}
