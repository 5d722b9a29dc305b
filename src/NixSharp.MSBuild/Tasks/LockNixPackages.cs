using Microsoft.Build.Framework;
using NixSharp.GitOps.NuGet;

namespace NixSharp.MSBuild;

/// <summary>Writes <c>deps.json</c> for nixpkgs' <c>buildDotnetModule</c>.</summary>
[MSBuildMultiThreadableTask]
public sealed class LockNixPackages : NixPackageLockTask
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var made = await NuGetLock.CreateAsync(PathOf(Source), ReadOptions(), cancellationToken).ConfigureAwait(false);
        foreach (var package in made.LocalPackages)
        {
            Log.LogMessage(MessageImportance.High, "{0} was restored from a folder, and is left out.", package);
        }

        var written = await made.WriteAsync(PathOf(File), cancellationToken).ConfigureAwait(false);
        Log.LogMessage(MessageImportance.High, $"{PathOf(File)}: {made.Entries.Count} packages{(written ? "" : ", unchanged")}");
    }
}
