using System.Buffers;
using NixSharp.Native;

namespace NixSharp.Stores.Optimising;

/// <summary>Compares files byte by byte.</summary>
internal sealed class FileComparer : IDisposable
{
    private const int BlockSize = 128 * 1024;

    private readonly byte[] _left = ArrayPool<byte>.Shared.Rent(BlockSize);
    private readonly byte[] _right = ArrayPool<byte>.Shared.Rent(BlockSize);

    /// <summary>Whether a file of a store object and another one have the same kind, mode and contents.</summary>
    /// <param name="file">The file.</param>
    /// <param name="other">The full path of the other one, which ends in NUL.</param>
    /// <param name="status">What the other one is.</param>
    public bool AreEqual(in StoreFile file, byte[] other, in StatX status)
    {
        if (status.Type != file.Status.Type || status.Size != file.Status.Size || status.IsOwnerExecutable != file.Status.IsOwnerExecutable)
        {
            return false;
        }

        if (status.Type == EntryType.Symlink)
        {
            var (first, second) = (LibC.ReadLinkAt(LibC.CurrentFolder, file.Path, _left, BlockSize), LibC.ReadLinkAt(LibC.CurrentFolder, other, _right, BlockSize));
            return first >= 0 && first == second && _left.AsSpan(0, (int)first).SequenceEqual(_right.AsSpan(0, (int)second));
        }

        using var left = Open(file.Path);
        using var right = Open(other);
        return !left.IsInvalid && !right.IsInvalid && HaveEqualContents(left.Number, right.Number);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_left);
        ArrayPool<byte>.Shared.Return(_right);
    }

    private static FileDescriptor Open(byte[] path) =>
        new(LibC.OpenAt(LibC.CurrentFolder, path, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.CloseOnExec, 0));

    private bool HaveEqualContents(int left, int right)
    {
        while (true)
        {
            var (first, second) = (Fill(left, _left), Fill(right, _right));
            if (first < 0 || first != second || !_left.AsSpan(0, first).SequenceEqual(_right.AsSpan(0, second)))
            {
                return false;
            }

            if (first == 0)
            {
                return true;
            }
        }
    }

    private static int Fill(int descriptor, byte[] block)
    {
        var filled = 0;
        while (filled < BlockSize)
        {
            var count = LibC.Read(descriptor, block.AsSpan(filled, BlockSize - filled), BlockSize - filled);
            if (count < 0)
            {
                return -1;
            }

            if (count == 0)
            {
                break;
            }

            filled += (int)count;
        }

        return filled;
    }
}
