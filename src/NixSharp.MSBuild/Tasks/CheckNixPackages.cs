using Microsoft.Build.Framework;
using NixSharp.GitOps.NuGet;

namespace NixSharp.MSBuild;

/// <summary>Fails where <c>deps.json</c> does not list what the project restores.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckNixPackages : NixPackageLockTask
{
    /// <summary>The project that was built, for the command that mends the file.</summary>
    [Required]
    public string Project { get; set; } = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var difference = await NuGetLock.CompareAsync(PathOf(Source), PathOf(File), ReadOptions(), cancellationToken).ConfigureAwait(false);
        difference.ThrowIfAny(PathOf(File), $"dotnet build {Project} -t:NixLockDeps");
        Log.LogMessage(MessageImportance.Normal, "{0} lists what {1} restores.", File, Project);
    }
}
