using System.Buffers;

namespace NixSharp.Compression;

/// <summary>Some bytes in a rented buffer.</summary>
internal sealed class PooledBlock : IDisposable
{
    private byte[]? _buffer;

    public PooledBlock(int capacity)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        Capacity = capacity;
    }

    /// <summary>How many bytes may be used; the rented buffer may be larger.</summary>
    public int Capacity { get; }

    public int Length { get; set; }

    public byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(PooledBlock));

    public ReadOnlySpan<byte> Span => Buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

    public Span<byte> Free => Buffer.AsSpan(Length, Capacity - Length);

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
