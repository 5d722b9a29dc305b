using Microsoft.Win32.SafeHandles;

namespace NixSharp.Images.Tar;

/// <summary>Where a tar archive is read from: a file, in which what is not wanted is skipped, or a stream.</summary>
internal abstract class TarInput
{
    /// <summary>How many bytes have been read or skipped.</summary>
    public long Offset { get; private protected set; }

    /// <summary>How many bytes are left, where that is known.</summary>
    public virtual long? Left => null;

    public static TarInput Of(SafeFileHandle file) => new FileInput(file);

    public static TarInput Of(Stream stream) => new StreamInput(stream);

    /// <summary>Reads some bytes; 0 at the end.</summary>
    public abstract int Read(Span<byte> buffer);

    /// <summary>Goes forward; false where the archive ends before.</summary>
    public abstract bool TrySkip(long count);

    private sealed class FileInput(SafeFileHandle file) : TarInput
    {
        private readonly long _length = RandomAccess.GetLength(file);

        public override long? Left => _length - Offset;

        public override int Read(Span<byte> buffer)
        {
            var read = RandomAccess.Read(file, buffer, Offset);
            Offset += read;
            return read;
        }

        public override bool TrySkip(long count)
        {
            // The padding of the last file may be missing.
            Offset = Math.Min(_length, Offset + count);
            return true;
        }
    }

    private sealed class StreamInput(Stream stream) : TarInput
    {
        private readonly byte[] _buffer = new byte[64 * 1024];

        public override int Read(Span<byte> buffer)
        {
            var read = stream.Read(buffer);
            Offset += read;
            return read;
        }

        public override bool TrySkip(long count)
        {
            while (count > 0)
            {
                var read = Read(_buffer.AsSpan(0, (int)Math.Min(count, _buffer.Length)));
                if (read == 0)
                {
                    return false;
                }

                count -= read;
            }

            return true;
        }
    }
}
