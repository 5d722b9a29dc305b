using System.Text;
using System.Xml;
using System.Xml.Linq;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.GitOps.NuGet;
using NixSharp.GitOps.Workflows;
using NixSharp.Json;

namespace NixSharp.GitOps.Repositories;

/// <summary>
/// Adds to a repository of .NET projects what it needs for Nix: a flake with a development shell and a package, the targets of
/// NixSharp.MSBuild for programs, the tool, a pipeline, and Renovate's configuration. Files that are there are left alone.
/// </summary>
public static class DotnetRepository
{
    private static readonly string[] Programs = ["Exe", "WinExe"];
    private static readonly string[] ProgramSdks = ["Microsoft.NET.Sdk.Web", "Microsoft.NET.Sdk.Worker"];

    /// <summary>Adds the files.</summary>
    /// <exception cref="GitOpsException">The folder has no .NET projects, or the pipeline cannot be written.</exception>
    /// <exception cref="NixFileException">A file cannot be written.</exception>
    public static async Task<RepositoryResult> InitializeAsync(string folder, RepositoryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new RepositoryOptions();
        var root = Path.GetFullPath(folder);
        var files = Directory.Exists(root) ? await RepositoryFiles.ListAsync(root, cancellationToken).ConfigureAwait(false) : [];
        var projects = files.Where(SolutionFile.IsProject).ToList();
        if (projects.Count == 0)
        {
            throw new GitOpsException(NixErrorCodes.InvalidProject, $"{root} has no .NET project, in its folders either. Make one with 'dotnet new', or name another folder.", root);
        }

        var programs = new List<string>();
        foreach (var project in projects)
        {
            if (await IsProgramAsync(Path.Combine(root, project), cancellationToken).ConfigureAwait(false))
            {
                programs.Add(project);
            }
        }

        var main = programs.Count == 1 ? programs[0] : null;
        var (written, kept) = (new List<string>(), new List<string>());
        foreach (var (name, text) in Describe(options, main, programs.Count > 0, files))
        {
            var path = Path.Combine(root, name);
            if (FileTree.Exists(path) && !options.Overwrite)
            {
                kept.Add(name);
                continue;
            }

            await AtomicFile.WriteIfDifferentAsync(path, Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
            written.Add(name);
        }

        return new RepositoryResult(written, kept, main);
    }

    private static IEnumerable<(string Name, string Text)> Describe(RepositoryOptions options, string? main, bool hasPrograms, IReadOnlyList<string> files)
    {
        yield return ("flake.nix", RepositoryFlake.Write(options, main));
        yield return (".envrc", "use flake\n");
        var pipeline = options.Pipeline ?? new CiPipeline();
        yield return (".config/dotnet-tools.json", JsonText.Format(new JObject
        {
            ["version"] = 1,
            ["isRoot"] = true,
            ["tools"] = new JObject { ["nixsharp.tool"] = new JObject { ["version"] = pipeline.ToolVersion, ["commands"] = new JArray("nixsharp") } },
        }));
        if (hasPrograms)
        {
            yield return ("Directory.Build.targets", Targets(pipeline.ToolVersion, files.Contains("Directory.Packages.props")));
        }

        switch (options.Ci)
        {
            case CiService.GitHub:
                yield return (".github/workflows/nix.yml", GitHubWorkflow.Write(pipeline));
                break;
            case CiService.GitLab:
                yield return (".gitlab-ci.yml", GitLabPipeline.Write(pipeline));
                break;
            default:
                break;
        }

        if (options.Renovate)
        {
            yield return ("renovate.json", new RenovateConfig { NuGetLockSource = main }.ToString());
        }
    }

    /// <summary>The targets for programs; a central list of versions is left alone.</summary>
    private static string Targets(string version, bool isCentral) =>
        $"""
        <Project>
          <!-- Programs get the targets NixPublish, NixImage, NixPush and others. -->
          <ItemGroup Condition="'$(OutputType)' == 'Exe' or '$(OutputType)' == 'WinExe'">
            <PackageReference Include="NixSharp.MSBuild" {(isCentral ? "VersionOverride" : "Version")}="{version}" PrivateAssets="all" />
          </ItemGroup>
        </Project>

        """.ReplaceLineEndings("\n");

    private static async Task<bool> IsProgramAsync(string path, CancellationToken cancellationToken)
    {
        var text = await ProjectFiles.ReadTextAsync(path, cancellationToken).ConfigureAwait(false);
        var project = ProjectFiles.Read(path, () =>
        {
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XDocument.Load(reader).Root!;
        });
        var isTest = project.Descendants().Any(static element => element.Name.LocalName == "PackageReference" && (string?)element.Attribute("Include") == "Microsoft.NET.Test.Sdk");
        var type = project.Descendants().FirstOrDefault(static element => element.Name.LocalName == "OutputType")?.Value.Trim();
        return !isTest && (type is null ? ProgramSdks.Contains((string?)project.Attribute("Sdk")) : Programs.Contains(type));
    }
}
