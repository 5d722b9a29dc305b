using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NixSharp.Files;
using NixSharp.Hashing;

namespace NixSharp.GitOps.NuGet;

/// <summary>
/// SHA-256 of <c>.nupkg</c> files. A hash is taken from the cache only where NuGet's own SHA-512 of the package, the file's
/// size and its time are all what they were; a damaged line counts as missing.
/// </summary>
internal sealed class NupkgHashCache
{
    private const int BlockSize = 256 * 1024;
    private const int MaxFileSize = 64 << 20;
    private readonly string? _file;
    private readonly ConcurrentDictionary<string, string> _known = new();
    private readonly ConcurrentDictionary<string, string> _used = new();

    private NupkgHashCache(string? file) => _file = file;

    public static async Task<NupkgHashCache> OpenAsync(string? file, CancellationToken cancellationToken)
    {
        var cache = new NupkgHashCache(file);
        if (file is not null && File.Exists(file))
        {
            try
            {
                foreach (var line in (await SmallFile.ReadTextAsync(file, MaxFileSize, NixErrorCodes.SourceUnreadable, cancellationToken).ConfigureAwait(false)).Split('\n'))
                {
                    var at = line.LastIndexOf(' ');
                    if (at > 0)
                    {
                        cache._known[line[..at]] = line[(at + 1)..];
                    }
                }
            }
            catch (NixFileException)
            {
                // Without a cache everything still works, only slower.
                cache._known.Clear();
            }
        }

        return cache;
    }

    public NixHash Hash(RestoredPackage package, CancellationToken cancellationToken)
    {
        try
        {
            var info = new FileInfo(package.Archive);
            var key = KeyOf(package, info);
            if (key is not null && _known.TryGetValue(key, out var text) && NixHash.TryParse(text, out var hash))
            {
                _used[key] = text;
                return hash;
            }

            hash = Compute(package.Archive, cancellationToken);
            if (key is not null)
            {
                _used[key] = hash.ToString(HashFormat.Sri);
            }

            return hash;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(package.Archive, error);
        }
    }

    /// <summary>Writes what is known now, where the folder can be written.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_file is null || _used.Keys.All(_known.ContainsKey))
        {
            return;
        }

        foreach (var (key, value) in _used)
        {
            _known[key] = value;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_file))!);
            var text = new StringBuilder();
            foreach (var (key, value) in _known.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                text.Append(key).Append(' ').Append(value).Append('\n');
            }

            await AtomicFile.WriteAsync(_file, Encoding.UTF8.GetBytes(text.ToString()), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NixFileException || FileErrors.IsFromSystem(error))
        {
            // Without a cache everything still works, only slower.
            return;
        }
    }

    private static string? KeyOf(RestoredPackage package, FileInfo archive)
    {
        var note = new FileInfo(package.ArchiveSha512);
        return note is { Exists: true, Length: < 200 } && File.ReadAllText(note.FullName).Trim() is var sha512 && !sha512.Any(char.IsWhiteSpace)
            ? string.Create(CultureInfo.InvariantCulture, $"{sha512} {archive.Length} {archive.LastWriteTimeUtc.Ticks}")
            : null;
    }

    private static NixHash Compute(string path, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            int count;
            for (var offset = 0L; (count = RandomAccess.Read(file, block, offset)) > 0; offset += count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(block, 0, count);
            }

            return new NixHash(NixHashAlgorithm.Sha256, hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
