namespace NixSharp.GitOps.NuGet;

/// <summary>A package that something needs.</summary>
/// <param name="Name">The name, in lower case.</param>
/// <param name="Version">The version, as the packages folder writes it.</param>
/// <param name="NeededBy">The file that names it.</param>
/// <param name="Remedy">The command that restores it.</param>
internal sealed record PackageRequest(string Name, string Version, string NeededBy, string Remedy)
{
    public static PackageRequest Create(string name, string version, string neededBy, string remedy) =>
        PackageVersion.IsName(name) && PackageVersion.Normalize(version) is { } normalized
            ? new PackageRequest(name.ToLowerInvariant(), normalized, neededBy, remedy)
            : throw new GitOpsException(
                NixErrorCodes.InvalidProject,
                $"{neededBy} names the package '{name}' in version '{version}', and there can be none such. Correct it, or restore again.",
                neededBy);
}
