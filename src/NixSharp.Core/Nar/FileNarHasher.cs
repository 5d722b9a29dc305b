using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Native;

namespace NixSharp.Nar;

/// <summary>Hashes the NARs of single files and symlinks, one after the other, without a copy of their contents. Linux only.</summary>
internal sealed class FileNarHasher : IDisposable
{
    private const int BlockSize = 256 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);

    /// <summary>Hashes an open file, which is read from where it stands.</summary>
    /// <returns>The hash; null if the file has not the size that was said.</returns>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public NixHash? HashFile(int descriptor, bool executable, long size, Func<string> describe)
    {
        _hash.AppendData(NarFormat.Magic);
        _hash.AppendData(executable ? NarFormat.ExecutableHeader : NarFormat.RegularHeader);
        AppendLength(size);
        var left = size;
        while (true)
        {
            var count = LibC.Read(descriptor, _block, BlockSize);
            if (count < 0)
            {
                if (Marshal.GetLastPInvokeError() is var errno && errno != Errno.Interrupted)
                {
                    _ = _hash.GetHashAndReset();
                    throw FileErrors.Reading(describe(), errno);
                }

                continue;
            }

            left -= count;
            if (count == 0 || left < 0)
            {
                break;
            }

            _hash.AppendData(_block.AsSpan(0, (int)count));
        }

        return Complete(size) is var hash && left == 0 ? hash : null;
    }

    /// <summary>Hashes a symlink.</summary>
    public NixHash HashSymlink(ReadOnlySpan<byte> target)
    {
        _hash.AppendData(NarFormat.Magic);
        _hash.AppendData(NarFormat.SymlinkHeader);
        AppendLength(target.Length);
        _hash.AppendData(target);
        return Complete(target.Length);
    }

    public void Dispose()
    {
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_block);
    }

    private void AppendLength(long length)
    {
        Span<byte> word = stackalloc byte[NarFormat.WordSize];
        BinaryPrimitives.WriteInt64LittleEndian(word, length);
        _hash.AppendData(word);
    }

    private NixHash Complete(long length)
    {
        _hash.AppendData(stackalloc byte[NarFormat.PaddingOf(length)]);
        _hash.AppendData(NarFormat.Close);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        return new NixHash(NixHashAlgorithm.Sha256, digest);
    }
}
