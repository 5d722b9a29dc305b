using System.Text;
using NixSharp.GitOps.NuGet;
using NixSharp.Hashing;
using NixSharp.Testing;

namespace NixSharp.Core.Tests.GitOps;

/// <summary>A packages folder, and projects that were restored into it.</summary>
internal sealed class PackagesFolder : IDisposable
{
    public const string Gallery = "https://api.nuget.org/v3/index.json";

    private readonly TemporaryFolder _folder = new();

    public PackagesFolder() => Directory.CreateDirectory(this[".git"]);

    public NuGetLockOptions Options { get; init; } = new() { CacheFile = null };

    public string Packages => this["packages"];

    public string this[string relative] => _folder[relative];

    public string Write(string relative, string contents) => _folder.Write(relative, contents);

    /// <summary>Puts a package there, whose archive has its name for contents.</summary>
    public NixHash Add(string name, string version, string? source = Gallery)
    {
        var folder = $"packages/{name.ToLowerInvariant()}/{version}";
        var contents = $"{name} {version}";
        Write($"{folder}/{name.ToLowerInvariant()}.{version}.nupkg", contents);
        Write($"{folder}/{name.ToLowerInvariant()}.{version}.nupkg.sha512", Convert.ToBase64String(System.Security.Cryptography.SHA512.HashData(Encoding.UTF8.GetBytes(contents))));
        Write($"{folder}/{name.ToLowerInvariant()}.nuspec", $"<?xml version=\"1.0\"?><package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\"><metadata><id>{name}</id><version>{version}</version></metadata></package>");
        Write($"{folder}/.nupkg.metadata", source is null ? "{ \"version\": 2, \"contentHash\": \"x\" }" : $"{{ \"version\": 2, \"contentHash\": \"x\", \"source\": \"{source}\" }}");
        return NixHash.Compute(NixHashAlgorithm.Sha256, Encoding.UTF8.GetBytes(contents));
    }

    /// <summary>Writes the assets file of a project.</summary>
    public string WriteAssets(string project, string libraries, string downloads = "") => Write(
        $"{project}/obj/project.assets.json",
        $$"""
        {
          "version": 4,
          "libraries": { {{libraries}} },
          "packageFolders": { "{{Packages}}/": {} },
          "project": { "frameworks": { "net10.0": { "downloadDependencies": [ {{downloads}} ] } } }
        }
        """);

    public Task<NuGetLock> LockAsync(string source) => NuGetLock.CreateAsync(this[source], Options);

    public void Dispose() => _folder.Dispose();
}
