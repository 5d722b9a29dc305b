using System.Diagnostics.CodeAnalysis;

namespace NixSharp.Flakes.References;

public sealed partial class FlakeReference
{
    // Longer than any server takes.
    private const int MaxLength = 16 * 1024;

    /// <summary>
    /// Reads a URL, an absolute path, or a name of the registry with an optional branch and commit (<c>nixpkgs/nixos-26.05</c>).
    /// A relative path depends on a folder: <see cref="Resolve"/>.
    /// </summary>
    /// <exception cref="FlakeException">The text is no flake reference.</exception>
    public static FlakeReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            throw FlakeReferenceRules.Invalid($"it has {text.Length} characters, and {MaxLength} are allowed");
        }

        var tokens = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            if (tokens.Length is > 0 and <= 3 && FlakeReferenceRules.IsId(tokens[0]) && text[0] != '/' && !text.Contains('?', StringComparison.Ordinal))
            {
                return FlakeReferenceReader.ReadIndirect(tokens, null);
            }

            if (text.StartsWith('/'))
            {
                return FlakeReferenceReader.ReadPath(text);
            }

            return FlakeUrl.TryParse(text, out var url, out var why)
                ? FlakeReferenceReader.Read(url)
                : throw FlakeReferenceRules.Invalid($"{why}, and it is neither an absolute path nor a name of the registry");
        }
        catch (FlakeException error)
        {
            throw new FlakeException(error.Code, $"'{text}': {error.Message}", error);
        }
    }

    /// <summary>Reads a reference; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out FlakeReference? reference)
    {
        try
        {
            reference = text is null ? null : Parse(text);
            return reference is not null;
        }
        catch (FlakeException)
        {
            reference = null;
            return false;
        }
    }

    /// <summary>
    /// Reads what Nix's command line takes: all that <see cref="Parse"/> does, and paths, relative ones to
    /// <paramref name="folder"/>. A path stands for the next folder upwards that has a <c>flake.nix</c>, and where that is
    /// in a Git repository, for the repository.
    /// </summary>
    /// <exception cref="FlakeException">The text is no flake reference, or the folder is not in a flake.</exception>
    public static FlakeReference Resolve(string text, string folder)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(folder);
        var isPath = text.StartsWith('/') || text.StartsWith('.') || text.Length == 0 || (!text.Contains(':', StringComparison.Ordinal) && !TryParse(text, out _));
        return isPath ? FlakeFolder.Find(text, folder) : Parse(text);
    }
}
