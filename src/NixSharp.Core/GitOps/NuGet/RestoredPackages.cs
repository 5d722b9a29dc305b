using System.Xml;
using System.Xml.Linq;

namespace NixSharp.GitOps.NuGet;

/// <summary>Finds the packages that a packages folder, an assets file, a project or a solution stands for.</summary>
internal sealed class RestoredPackages(NuGetLockOptions options)
{
    private readonly Dictionary<(string Name, string Version), RestoredPackage> _packages = [];
    private readonly List<string> _folders = [];

    public IReadOnlyCollection<RestoredPackage> Packages => _packages.Values;

    public async Task AddAsync(string source, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(source);
        if (Directory.Exists(path))
        {
            if (FindProject(path) is not { } project)
            {
                AddFolder(path);
                return;
            }

            path = project;
        }

        var projects = SolutionFile.IsSolution(path) ? await SolutionFile.ReadProjectsAsync(path, cancellationToken).ConfigureAwait(false) : [path];
        foreach (var project in projects)
        {
            await AddAssetsAsync(
                SolutionFile.IsProject(project) ? await ProjectAssets.FindAsync(project, cancellationToken).ConfigureAwait(false) : project,
                cancellationToken).ConfigureAwait(false);
        }

        if (options.IncludeTools)
        {
            foreach (var request in await ToolManifest.FindAsync(Path.GetDirectoryName(path)!, cancellationToken).ConfigureAwait(false))
            {
                AddToolParts(Add(request));
            }
        }
    }

    private static string? FindProject(string folder) =>
        ((string[])["*.sln", "*.slnx", "*.csproj", "*.fsproj", "*.vbproj"])
            .Select(pattern => Directory.GetFiles(folder, pattern))
            .FirstOrDefault(static files => files.Length > 0) switch
        {
            null => null,
            [var only] => only,
            var several => throw new GitOpsException(
                NixErrorCodes.InvalidProject,
                $"{folder} has several solutions or projects ({string.Join(", ", several.Select(Path.GetFileName).Order(StringComparer.Ordinal))}). Name the one that is meant.",
                folder),
        };

    private async Task AddAssetsAsync(string path, CancellationToken cancellationToken)
    {
        var assets = await AssetsFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        _folders.AddRange(assets.Folders.Except(_folders).ToList());
        foreach (var request in assets.Packages)
        {
            Add(request);
        }
    }

    private RestoredPackage Add(PackageRequest request)
    {
        if (_packages.TryGetValue((request.Name, request.Version), out var known))
        {
            return known;
        }

        var package = _folders.Append(GlobalFolder())
            .Select(folder => new RestoredPackage(request.Name, request.Version, Path.Combine(folder, request.Name, request.Version)))
            .FirstOrDefault(static package => File.Exists(package.Archive))
            ?? throw new GitOpsException(
                NixErrorCodes.PackageNotRestored,
                $"The package {request.Name} {request.Version}, which {request.NeededBy} names, is in none of the packages folders ({string.Join(", ", _folders)}). Run: {request.Remedy}",
                request.NeededBy);
        _packages.Add((package.Name, package.Version), package);
        return package;
    }

    private void AddFolder(string folder)
    {
        foreach (var name in Directory.EnumerateDirectories(folder))
        {
            foreach (var version in Directory.EnumerateDirectories(name))
            {
                var package = new RestoredPackage(Path.GetFileName(name), Path.GetFileName(version), version);
                if (File.Exists(package.Archive))
                {
                    _packages[(package.Name, package.Version)] = package;
                }
            }
        }

        if (_packages.Count == 0)
        {
            throw new GitOpsException(
                NixErrorCodes.PackageNotRestored,
                $"{folder} holds no packages, no solution and no project. Fill it with: dotnet restore --packages {folder}",
                folder);
        }
    }

    /// <summary>A tool that is compiled ahead of time has a package for each runtime; those that were restored count.</summary>
    private void AddToolParts(RestoredPackage tool)
    {
        var folder = Path.Combine(tool.Folder, "tools");
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "DotnetToolSettings.xml", SearchOption.AllDirectories) : [])
        {
            var names = ProjectFiles.Read(file, () =>
            {
                using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
                return XDocument.Load(reader).Descendants("RuntimeIdentifierPackage").Select(static part => (string?)part.Attribute("Id")).OfType<string>().ToList();
            });
            foreach (var name in names.Where(PackageVersion.IsName).Select(static name => name.ToLowerInvariant()))
            {
                var part = new RestoredPackage(name, tool.Version, Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(tool.Folder))!, name, tool.Version));
                if (File.Exists(part.Archive))
                {
                    _packages[(part.Name, part.Version)] = part;
                }
            }
        }
    }

    private static string GlobalFolder() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
