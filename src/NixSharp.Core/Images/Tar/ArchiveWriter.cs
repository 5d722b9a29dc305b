namespace NixSharp.Images.Tar;

/// <summary>
/// Writes files into a tar archive on disk. A file's name and size may be known only after its contents: its header
/// is then filled in behind.
/// </summary>
internal sealed class ArchiveWriter
{
    private static readonly TarAttributes Attributes = new(TarModes.Default.File);

    private readonly FileStream _output;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly byte[] _block = new byte[TarHeader.BlockSize];

    public ArchiveWriter(FileStream output)
    {
        _output = output;
    }

    /// <summary>Adds a small file.</summary>
    public Task AddAsync(string name, ReadOnlyMemory<byte> contents, CancellationToken cancellationToken) => AddAsync(
        async output =>
        {
            await output.WriteAsync(contents, cancellationToken).ConfigureAwait(false);
            return name;
        },
        cancellationToken);

    /// <summary>Adds what <paramref name="write"/> writes, under the name that it returns; once, if it comes again.</summary>
    public async Task<long> AddAsync(Func<Stream, Task<string>> write, CancellationToken cancellationToken)
    {
        var start = _output.Position;
        Array.Clear(_block);
        await _output.WriteAsync(_block, cancellationToken).ConfigureAwait(false);
        var name = await write(_output).ConfigureAwait(false);
        var end = _output.Position;
        var size = end - start - TarHeader.BlockSize;
        if (!_names.Add(name))
        {
            _output.SetLength(start);
            _output.Position = start;
            return size;
        }

        await _output.WriteAsync(_block.AsMemory(0, TarHeader.PaddingOf(size)), cancellationToken).ConfigureAwait(false);
        end = _output.Position;
        TarHeader.Write(_block, [], System.Text.Encoding.ASCII.GetBytes(name), TarEntryType.File, Attributes, size, []);
        _output.Position = start;
        await _output.WriteAsync(_block, cancellationToken).ConfigureAwait(false);
        _output.Position = end;
        return size;
    }

    /// <summary>Writes the end of the archive, and has everything on disk when it returns.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        Array.Clear(_block);
        await _output.WriteAsync(_block, cancellationToken).ConfigureAwait(false);
        await _output.WriteAsync(_block, cancellationToken).ConfigureAwait(false);
        _output.Flush(flushToDisk: true);
    }
}
