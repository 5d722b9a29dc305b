using NixSharp.Processes;

namespace NixSharp.GitOps.NuGet;

/// <summary>Where a project's restore leaves its assets file.</summary>
internal static class ProjectAssets
{
    private const string FileName = "project.assets.json";

    public static async Task<string> FindAsync(string project, CancellationToken cancellationToken)
    {
        if (!File.Exists(project))
        {
            throw new GitOpsException(NixErrorCodes.InvalidProject, $"The project {project} does not exist. Check the path, or take it out of the solution.", project);
        }

        var usual = Path.Combine(Path.GetDirectoryName(project)!, "obj", FileName);
        if (File.Exists(usual))
        {
            return usual;
        }

        // A project may keep it elsewhere, which only MSBuild can say.
        var command = new ProcessCommand("dotnet", "msbuild", project, "-nologo", "-getProperty:ProjectAssetsFile") { WorkingFolder = Path.GetDirectoryName(project) };
        var path = (await command.RunAsync(cancellationToken).ConfigureAwait(false)).Output.Trim();
        return path.Length > 0 && File.Exists(Path.GetFullPath(path, Path.GetDirectoryName(project)!))
            ? Path.GetFullPath(path, Path.GetDirectoryName(project)!)
            : throw new GitOpsException(NixErrorCodes.PackageNotRestored, $"The project {project} is not restored. Run: dotnet restore {project}", project);
    }
}
