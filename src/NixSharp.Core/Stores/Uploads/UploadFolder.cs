using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Uploads;

/// <summary>
/// The folder of a queue: <c>pending/</c> has a file for each path that waits, <c>failed/</c> for each that was given up,
/// <c>roots/</c> a symlink for each that may not be collected meanwhile. A file is there whole or not at all.
/// </summary>
internal sealed class UploadFolder
{
    /// <summary>How many notes of what was given up are kept.</summary>
    public const int MaxFailures = 1000;

    private const int MaxFileSize = 64 << 10;
    private readonly string _folder;
    private readonly StoreDirectory _directory;

    /// <summary>Makes the folder where it is not there, and clears away what a crash has left.</summary>
    public UploadFolder(string folder, StoreDirectory directory)
    {
        (_folder, _directory) = (folder, directory);
        foreach (var part in (string[])[Pending, Failed, Roots])
        {
            Directory.CreateDirectory(part);
            foreach (var leftover in Directory.EnumerateFiles(part, ".tmp-*"))
            {
                File.Delete(leftover);
            }
        }

        var waiting = ReadPending().Select(static path => path.BaseName).ToHashSet(StringComparer.Ordinal);
        foreach (var root in Directory.EnumerateFileSystemEntries(Roots).Where(root => !waiting.Contains(Path.GetFileName(root))))
        {
            File.Delete(root);
        }
    }

    private string Pending => Path.Combine(_folder, "pending");

    private string Failed => Path.Combine(_folder, "failed");

    private string Roots => Path.Combine(_folder, "roots");

    public string RootOf(StorePath path) => Path.Combine(Roots, path.BaseName);

    /// <summary>The paths that wait, the oldest first.</summary>
    public IReadOnlyList<StorePath> ReadPending() =>
        [.. Files(Pending).OrderBy(static file => file.LastWriteTimeUtc).ThenBy(static file => file.Name, StringComparer.Ordinal).Select(file => Parse(file.Name)).OfType<StorePath>()];

    public async Task AddAsync(StorePath path, CancellationToken cancellationToken)
    {
        await AtomicFile.WriteAsync(Path.Combine(Pending, path.BaseName), ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        File.Delete(Path.Combine(Failed, path.BaseName));
    }

    public void Remove(StorePath path)
    {
        File.Delete(Path.Combine(Pending, path.BaseName));
        File.Delete(RootOf(path));
    }

    /// <summary>Notes that a path was given up. The oldest such notes go where there are too many.</summary>
    public async Task GiveUpAsync(UploadFailure failure)
    {
        var json = new JObject
        {
            ["when"] = failure.When.ToString("o", CultureInfo.InvariantCulture),
            ["reason"] = failure.Reason,
        };
        await AtomicFile.WriteAsync(Path.Combine(Failed, failure.Path.BaseName), Encoding.UTF8.GetBytes(JsonText.Format(json)), CancellationToken.None).ConfigureAwait(false);
        Remove(failure.Path);
        foreach (var old in Files(Failed).OrderByDescending(static file => file.LastWriteTimeUtc).Skip(MaxFailures).ToList())
        {
            old.Delete();
        }
    }

    /// <summary>What was given up, the newest last.</summary>
    public IReadOnlyList<UploadFailure> ReadFailures() =>
        [.. Files(Failed).Select(ReadFailure).OfType<UploadFailure>().OrderBy(static failure => failure.When)];

    private static IEnumerable<FileInfo> Files(string folder) => new DirectoryInfo(folder).EnumerateFiles();

    private UploadFailure? ReadFailure(FileInfo file)
    {
        try
        {
            return Parse(file.Name) is { } path && file.Length <= MaxFileSize && JsonText.Parse(File.ReadAllText(file.FullName)) is JObject json
                ? new UploadFailure(path, DateTimeOffset.Parse((string?)json["when"] ?? "", CultureInfo.InvariantCulture), (string?)json["reason"] ?? "")
                : null;
        }
        catch (Exception error) when (error is NixFormatException or FormatException or IOException)
        {
            // A note that cannot be read is no reason not to push.
            return null;
        }
    }

    private StorePath? Parse(string name) => StorePath.TryParseBaseName(name, _directory, out var path) ? path : null;
}
