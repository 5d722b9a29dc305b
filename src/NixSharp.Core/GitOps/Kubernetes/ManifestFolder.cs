using System.Text;
using NixSharp.Files;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>Files of objects, and the list of them that <c>kustomize</c> reads.</summary>
public static class ManifestFolder
{
    /// <summary>The name under which <c>kustomize</c> looks for the list of files.</summary>
    public const string KustomizationFile = "kustomization.yaml";

    /// <summary>Adds the list of the files to them.</summary>
    public static IReadOnlyList<ManifestFile> WithKustomization(IReadOnlyList<ManifestFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return [.. files, new ManifestFile(KustomizationFile, [new Kustomization { Resources = [.. files.Select(static file => file.Name)] }])];
    }

    /// <summary>Writes files into a folder, which is made if it is not there. Others in it stay, and those that are right already.</summary>
    /// <exception cref="NixFileException">A file cannot be written.</exception>
    public static async Task WriteAsync(string folder, IReadOnlyList<ManifestFile> files, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(files);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(folder, error);
        }

        foreach (var file in files)
        {
            await AtomicFile.WriteIfDifferentAsync(Path.Combine(folder, file.Name), Encoding.UTF8.GetBytes(file.ToYaml()), cancellationToken).ConfigureAwait(false);
        }
    }
}
