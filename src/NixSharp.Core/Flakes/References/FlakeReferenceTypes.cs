namespace NixSharp.Flakes.References;

/// <summary>What Nix calls the types, and what each needs.</summary>
internal static class FlakeReferenceTypes
{
    private static readonly Dictionary<string, FlakeReferenceType> ByName = new()
    {
        ["indirect"] = FlakeReferenceType.Indirect,
        ["path"] = FlakeReferenceType.Path,
        ["git"] = FlakeReferenceType.Git,
        ["hg"] = FlakeReferenceType.Mercurial,
        ["github"] = FlakeReferenceType.GitHub,
        ["gitlab"] = FlakeReferenceType.GitLab,
        ["sourcehut"] = FlakeReferenceType.SourceHut,
        ["tarball"] = FlakeReferenceType.Tarball,
        ["file"] = FlakeReferenceType.File,
    };

    private static readonly Dictionary<FlakeReferenceType, string> Names = ByName.ToDictionary(static pair => pair.Value, static pair => pair.Key);

    public static string GetName(this FlakeReferenceType type) => Names[type];

    public static FlakeReferenceType Parse(string name) => ByName[name];

    public static bool TryParse(string name, out FlakeReferenceType type) => ByName.TryGetValue(name, out type);

    /// <summary>Whether it is a repository of a forge: owner and repository.</summary>
    public static bool IsForge(this FlakeReferenceType type) => type is FlakeReferenceType.GitHub or FlakeReferenceType.GitLab or FlakeReferenceType.SourceHut;

    /// <summary>The attributes without which a reference of this type says nothing.</summary>
    public static string[] GetRequired(this FlakeReferenceType type) => type switch
    {
        FlakeReferenceType.Indirect => ["id"],
        FlakeReferenceType.Path => ["path"],
        _ when type.IsForge() => ["owner", "repo"],
        _ => ["url"],
    };
}
