using System.Buffers;
using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>Fills new files on Linux: sharing blocks, copying within the kernel, or through a buffer, whichever works first.</summary>
/// <param name="describe">Gives the path of the file that is being written, for messages.</param>
internal sealed class ContentsWriter(Func<string> describe) : IDisposable
{
    private const int BlockSize = 256 * 1024;

    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private bool _canClone = true;
    private bool _canCopyInKernel = true;

    /// <summary>Writes <paramref name="size"/> bytes of <paramref name="contents"/> into an empty file.</summary>
    /// <returns>Whether the file shares its blocks with the source.</returns>
    /// <exception cref="NixFileException">The contents end early, or the file cannot be written.</exception>
    public bool Write(int target, Stream contents, long size)
    {
        if (size == 0)
        {
            return false;
        }

        if (contents is DescriptorStream file)
        {
            _canClone = _canClone && file.TryClone(target);
            if (_canClone)
            {
                return true;
            }

            _canCopyInKernel = _canCopyInKernel && file.TryCopyInKernel(target);
            size -= file.BytesRead;
        }

        Copy(target, contents, size);
        return false;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_block);

    private void Copy(int target, Stream contents, long size)
    {
        while (size > 0)
        {
            var block = _block.AsSpan(0, (int)Math.Min(size, _block.Length));
            var length = contents.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            if (length < block.Length)
            {
                throw FileErrors.EndsEarly(describe(), size - length);
            }

            WriteBlock(target, block);
            size -= length;
        }
    }

    private void WriteBlock(int target, ReadOnlySpan<byte> block)
    {
        while (!block.IsEmpty)
        {
            var written = LibC.Write(target, block, block.Length);
            if (written < 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.Interrupted)
            {
                throw FileErrors.Writing(describe(), errno);
            }

            block = block[(int)Math.Max(written, 0)..];
        }
    }
}
