using NixSharp.Compression;
using NixSharp.Files;

namespace NixSharp.Building;

/// <summary>A log that is being written, beside its place.</summary>
internal sealed class BuildLogFile : IDisposable
{
    private readonly string _path;
    private readonly string _staging;
    private readonly Stream _output;
    private bool _kept;

    public BuildLogFile(string path)
    {
        _path = path;
        _staging = Path.Combine(Path.GetDirectoryName(path)!, $".tmp-{Guid.NewGuid():N}");
        _output = NarCompression.Bzip2.OpenWrite(new FileStream(_staging, FileMode.CreateNew, FileAccess.Write));
    }

    /// <summary>Adds what a builder printed, as it printed it.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _output.Write(bytes);

    /// <summary>Adds all that is left of a stream.</summary>
    public Task CopyFromAsync(Stream log, CancellationToken cancellationToken) => log.CopyToAsync(_output, cancellationToken);

    /// <summary>Puts the log into its place, where another may be.</summary>
    public void Keep()
    {
        _output.Dispose();
        File.Move(_staging, _path, overwrite: true);
        _kept = true;
    }

    public void Dispose()
    {
        if (!_kept)
        {
            _output.Dispose();
            FileTree.Delete(_staging, CancellationToken.None);
        }
    }
}
