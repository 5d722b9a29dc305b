namespace NixSharp.GitOps.NuGet;

/// <summary>A package that two locks have in different forms.</summary>
/// <param name="Old">The package before.</param>
/// <param name="New">The package after.</param>
public sealed record NuGetLockChange(NuGetLockEntry Old, NuGetLockEntry New)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Old.Version != New.Version ? $"{New.Name} {Old.Version} -> {New.Version}"
        : Old.Hash != New.Hash ? $"{New} has another hash ({Old.Hash} -> {New.Hash})"
        : Old.Url != New.Url ? $"{New} comes from elsewhere ({Old.Url ?? "the public gallery"} -> {New.Url ?? "the public gallery"})"
        : $"{Old.Name} is written {New.Name}";
}
