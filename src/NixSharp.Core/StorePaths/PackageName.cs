namespace NixSharp.StorePaths;

/// <summary>A package's name and version, taken apart as Nix's <c>builtins.parseDrvName</c> does it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">The version; null where there is none.</param>
public readonly record struct PackageName(string Name, string? Version)
{
    /// <summary>Takes a name apart: the version starts behind the first dash that no letter follows.</summary>
    public static PackageName Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (var i = 0; i + 1 < name.Length; i++)
        {
            if (name[i] == '-' && !char.IsAsciiLetter(name[i + 1]))
            {
                return new PackageName(name[..i], name[(i + 1)..]);
            }
        }

        return new PackageName(name, null);
    }

    /// <summary>The name and, behind a dash, the version.</summary>
    public override string ToString() => Version is null ? Name : $"{Name}-{Version}";
}
