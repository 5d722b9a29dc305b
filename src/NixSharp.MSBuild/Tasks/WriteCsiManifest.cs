using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using NixSharp.GitOps.Kubernetes;
using NixSharp.GitOps.Kubernetes.Csi;
using Task = System.Threading.Tasks.Task;

namespace NixSharp.MSBuild;

/// <summary>Writes all that a cluster needs to run the CSI driver; files that are right already are left alone.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteCsiManifest : NixTask
{
    /// <summary>A YAML file with options; none for the defaults.</summary>
    public string? OptionsFile { get; set; }

    /// <summary>The image with <c>nixsharp</c>, where the file names none or another.</summary>
    public string? Image { get; set; }

    /// <summary>The folder to write to.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>The files, <c>kustomization.yaml</c> last.</summary>
    [Output]
    public ITaskItem[] Files { get; private set; } = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var options = string.IsNullOrEmpty(OptionsFile)
            ? new CsiManifestOptions()
            : await CsiManifestOptions.ReadAsync(PathOf(OptionsFile), cancellationToken).ConfigureAwait(false);
        var files = CsiManifest.Create(string.IsNullOrEmpty(Image) ? options : options with { Image = Image });
        var folder = PathOf(Folder);
        await ManifestFolder.WriteAsync(folder, files, cancellationToken).ConfigureAwait(false);
        Files = [.. files.Select(file => (ITaskItem)new TaskItem(Path.Combine(folder, file.Name)))];
        Log.LogMessage(MessageImportance.High, "CSI driver -> {0}", folder);
    }
}
