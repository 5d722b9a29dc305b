using Microsoft.Build.Framework;
using NixSharp.MSBuild.Items;

namespace NixSharp.MSBuild;

/// <summary>Deletes the volumes and image files that earlier builds made.</summary>
[MSBuildMultiThreadableTask]
public sealed class CleanNixOutputs : NixTask
{
    /// <summary>The list of files.</summary>
    [Required]
    public string MadeFile { get; set; } = "";

    /// <summary>The file that names the volume.</summary>
    [Required]
    public string VolumeItems { get; set; } = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        new MadeFiles(PathOf(MadeFile)).Delete();
        await MadeVolume.DeleteAsync(PathOf(VolumeItems), cancellationToken).ConfigureAwait(false);
    }
}
