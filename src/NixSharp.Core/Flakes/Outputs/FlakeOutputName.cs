using NixSharp.Flakes.Expressions;

namespace NixSharp.Flakes.Outputs;

/// <summary>The name of an output of a flake.</summary>
/// <param name="Section">The attribute of the flake that it is in: <c>packages</c>.</param>
/// <param name="System">The system that it is for: <c>x86_64-linux</c>.</param>
/// <param name="Name">Its own name; null for all of the system.</param>
public sealed record FlakeOutputName(string Section, string System, string? Name)
{
    /// <summary>The attribute path, as Nix's command line takes it after the <c>#</c>.</summary>
    public string Attribute => string.Join('.', ((string?[])[Section, System, Name]).OfType<string>().Select(Quote));

    /// <summary>A name in quotes where it has to be; the command line has no escapes.</summary>
    internal static string Quote(string name) => NixNames.IsPlain(name) ? name : $"\"{name}\"";
}
