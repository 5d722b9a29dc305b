namespace NixSharp.GitOps.NuGet;

/// <summary>A package as it lies in a packages folder: <c>name/version/</c>, both in lower case.</summary>
internal sealed record RestoredPackage(string Name, string Version, string Folder)
{
    public string Archive => Path.Combine(Folder, $"{Name}.{Version}.nupkg");

    public string ArchiveSha512 => Archive + ".sha512";

    public string Metadata => Path.Combine(Folder, ".nupkg.metadata");

    public override string ToString() => $"{Name} {Version}";
}
