using System.Buffers;
using System.IO.Compression;
using NixSharp.Compression;
using NixSharp.Files;

namespace NixSharp.Building;

/// <summary>A log that is being written, beside its place; compressed once it is whole.</summary>
internal sealed class BuildLogFile : IDisposable
{
    // bzip2 takes a time that grows with the square of what is the same over and over; Nix reads plain logs too.
    private const int MaxRatio = 50;
    private const int BufferSize = 64 * 1024;

    private readonly string _path;
    private readonly string _staging;
    private readonly FileStream _output;
    private readonly CountingStream _count = new();
    private readonly DeflateStream _probe;

    /// <param name="path">Where the log will be, without the extension that says how it is compressed.</param>
    public BuildLogFile(string path)
    {
        _path = path;
        _staging = Path.Combine(Path.GetDirectoryName(path)!, $".tmp-{Guid.NewGuid():N}");
        _output = new FileStream(_staging, FileMode.CreateNew, FileAccess.ReadWrite);
        _probe = new DeflateStream(_count, CompressionLevel.Fastest);
    }

    /// <summary>Adds what a builder printed, as it printed it.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _probe.Write(bytes);
    }

    /// <summary>Adds all that is left of a stream.</summary>
    public async Task CopyFromAsync(Stream log, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await log.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                Write(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Puts the log into its place, where another may be.</summary>
    public void Keep()
    {
        _output.Flush();
        _probe.Flush();
        if (_output.Length > BufferSize && _output.Length / MaxRatio > _count.Count)
        {
            File.Move(_staging, _path, overwrite: true);
            File.Delete(_path + BuildLogFolder.CompressedExtension);
            return;
        }

        var compressed = _staging + BuildLogFolder.CompressedExtension;
        try
        {
            _output.Position = 0;
            using (var target = NarCompression.Bzip2.OpenWrite(new FileStream(compressed, FileMode.CreateNew, FileAccess.Write)))
            {
                _output.CopyTo(target);
            }

            File.Move(compressed, _path + BuildLogFolder.CompressedExtension, overwrite: true);
            File.Delete(_path);
        }
        finally
        {
            FileTree.Delete(compressed, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _probe.Dispose();
        _output.Dispose();
        FileTree.Delete(_staging, CancellationToken.None);
    }

    private sealed class CountingStream : WriteOnlyStream
    {
        public long Count { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;
    }
}
