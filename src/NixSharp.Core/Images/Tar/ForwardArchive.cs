using System.Text;

namespace NixSharp.Images.Tar;

/// <summary>Writes files whose names and sizes are known into a tar archive, to where nothing can be filled in behind.</summary>
internal sealed class ForwardArchive(Stream output)
{
    private readonly byte[] _block = new byte[TarHeader.BlockSize];

    /// <summary>How many bytes a file of this size takes in the archive.</summary>
    public static long SizeOf(long size) => TarHeader.BlockSize + size + TarHeader.PaddingOf(size);

    /// <summary>Adds a file that is in memory.</summary>
    public Task AddAsync(string name, ReadOnlyMemory<byte> contents, CancellationToken cancellationToken) =>
        AddAsync(name, contents.Length, stream => stream.WriteAsync(contents, cancellationToken).AsTask(), cancellationToken);

    /// <summary>Adds what <paramref name="write"/> writes, which has to be <paramref name="size"/> bytes.</summary>
    public async Task AddAsync(string name, long size, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        TarHeader.Write(_block, [], Encoding.ASCII.GetBytes(name), TarEntryType.File, new TarAttributes(TarModes.Default.File), size, []);
        await output.WriteAsync(_block, cancellationToken).ConfigureAwait(false);
        await write(output).ConfigureAwait(false);
        Array.Clear(_block);
        await output.WriteAsync(_block.AsMemory(0, TarHeader.PaddingOf(size)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the two empty blocks that end the archive.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        Array.Clear(_block);
        await output.WriteAsync(_block, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(_block, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
