using System.Text;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>Remembers what was built from what. A plugin is asked for the same application every few minutes.</summary>
internal sealed class ArgoCache(string? folder, StoreDirectory directory)
{
    private const int MaxFileSize = 4096;

    /// <summary>What was built, if that is in the store still.</summary>
    public StorePath? Find(string key)
    {
        try
        {
            return folder is not null
                && new FileInfo(FileOf(key)) is { Exists: true, Length: <= MaxFileSize } file
                && StorePath.TryParse(File.ReadAllText(file.FullName).Trim(), directory, out var path)
                && Path.Exists(path.ToString())
                ? path
                : null;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            return null;
        }
    }

    /// <summary>Remembers; where that cannot be, it is built again.</summary>
    public async Task AddAsync(string key, StorePath path, CancellationToken cancellationToken)
    {
        if (folder is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FileOf(key))!);
            await AtomicFile.WriteAsync(FileOf(key), Encoding.UTF8.GetBytes($"{path}\n"), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NixFileException || FileErrors.IsFromSystem(error))
        {
            return;
        }
    }

    private string FileOf(string key) => Path.Combine(folder!, "nixsharp", "argocd", key);
}
