using System.Buffers;
using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Reads the files that derivations are in.</summary>
internal static class DerivationFile
{
    /// <summary>Reads a derivation from a file on this machine; null where there is none.</summary>
    /// <exception cref="NixFormatException">The file is no derivation, or too large for one.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static Derivation? TryRead(string file, StorePath path)
    {
        try
        {
            using var handle = File.OpenHandle(file);
            var length = RandomAccess.GetLength(handle);
            CheckSize(path, length);
            var buffer = ArrayPool<byte>.Shared.Rent((int)length);
            try
            {
                var read = 0;
                while (read < length && RandomAccess.Read(handle, buffer.AsSpan(read, (int)length - read), read) is var count and > 0)
                {
                    read += count;
                }

                return Derivation.Parse(buffer.AsSpan(0, read), path);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(file, error);
        }
    }

    public static void CheckSize(StorePath path, long length)
    {
        if (length > Derivation.MaxSize)
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidDerivation,
                $"{path} cannot be read: it has {length} bytes, and a derivation may have {Derivation.MaxSize}. Check what wrote it.");
        }
    }

    /// <summary>Refuses text that is no derivation, or one whose path would not be that of its file.</summary>
    public static void Check(string name, ReadOnlySpan<byte> text, IReadOnlyCollection<StorePath>? references, StoreDirectory directory)
    {
        var derivation = Derivation.Parse(text, name[..^Derivation.FileExtension.Length], directory);
        if (!derivation.GetReferences().SequenceEqual((references ?? []).Distinct().Order()))
        {
            throw NotADerivation(derivation.ComputePath(), "the references that were given are not the sources and derivations that it needs");
        }
    }

    public static NixFormatException NotADerivation(StorePath path, string why) =>
        new(NixErrorCodes.InconsistentDerivation, $"{path} cannot be added: {why}. Add derivations with DerivationBuilder, or with their own references.");
}
