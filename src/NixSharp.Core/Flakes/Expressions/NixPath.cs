namespace NixSharp.Flakes.Expressions;

/// <summary>A path: <c>./module.nix</c>, <c>../shared</c>, <c>/etc/nixos</c>. A path with characters that the language lacks is put together.</summary>
public sealed record NixPath : NixExpression
{
    private const string Plain = "._-+/";

    /// <summary>Takes a path that is absolute, or begins with <c>./</c> or <c>../</c>.</summary>
    /// <exception cref="FlakeException">It is neither.</exception>
    public NixPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var trimmed = path.TrimEnd('/');
        Path = trimmed switch
        {
            "" when path.Length > 0 => "/.",
            "." or ".." => trimmed + "/.",
            _ when trimmed.StartsWith('/') || trimmed.StartsWith("./", StringComparison.Ordinal) || trimmed.StartsWith("../", StringComparison.Ordinal) => trimmed,
            _ => throw NixNames.Invalid($"the path '{path}' is neither absolute nor does it begin with ./ or ../"),
        };
    }

    /// <summary>The path.</summary>
    public string Path { get; }

    internal override NixBinding Binding => IsPlain ? NixBinding.Atom : NixBinding.Operation;

    private bool IsPlain => Path.All(static c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal)) && !Path.Contains("//", StringComparison.Ordinal);

    internal string Write()
    {
        if (IsPlain)
        {
            return Path;
        }

        var slash = Path.IndexOf('/', StringComparison.Ordinal);
        return $"{Path[..slash]}/. + {NixStrings.Quote(Path[slash..])}";
    }
}
