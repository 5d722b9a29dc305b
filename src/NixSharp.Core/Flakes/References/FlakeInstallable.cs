using NixSharp.Derivations;
using NixSharp.Stores;

namespace NixSharp.Flakes.References;

/// <summary>An output of a flake, as Nix's command line names it: <c>REFERENCE#ATTRIBUTE^OUTPUTS</c>.</summary>
/// <param name="Flake">The flake.</param>
/// <param name="Fragment">The attribute path; empty for the default.</param>
/// <param name="Outputs">The outputs of the derivation; null for its own default.</param>
public sealed record FlakeInstallable(FlakeReference Flake, string Fragment = "", OutputsSpec? Outputs = null)
{
    // What Nix leaves as it is in a fragment.
    private const string FragmentPlain = "!$&'()*+,;=:@/?";

    /// <summary>Reads an installable; a path is looked up as <see cref="FlakeReference.Resolve"/> does, from <paramref name="folder"/>.</summary>
    /// <exception cref="FlakeException">The text is none, or the folder is not in a flake.</exception>
    public static FlakeInstallable Parse(string text, string folder = ".")
    {
        ArgumentNullException.ThrowIfNull(text);
        OutputsSpec? outputs = null;
        var caret = text.LastIndexOf('^');
        if (caret >= 0 && !OutputsSpec.TryParse(text[(caret + 1)..], out outputs))
        {
            throw FlakeReferenceRules.Invalid($"'{text[(caret + 1)..]}' in '{text}' names no outputs");
        }

        var rest = caret < 0 ? text : text[..caret];
        var hash = rest.IndexOf('#', StringComparison.Ordinal);
        if (!PercentEncoding.TryDecode(hash < 0 ? "" : rest[(hash + 1)..], out var fragment, out var why))
        {
            throw FlakeReferenceRules.Invalid($"in '{text}', {why}");
        }

        var reference = hash < 0 ? rest : rest[..hash];
        return new FlakeInstallable(FlakeReference.Resolve(reference.Length == 0 ? "." : reference, folder), fragment, outputs);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Flake}{(Fragment.Length == 0 && Outputs is null ? "" : "#" + PercentEncoding.Encode(Fragment, FragmentPlain))}{(Outputs is null ? "" : "^" + Outputs)}";
}
