using System.Buffers;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

public sealed partial record Derivation
{
    /// <summary>The largest derivation that is read from a store or a file, in bytes.</summary>
    public const int MaxSize = 64 * 1024 * 1024;

    /// <summary>What the names of derivations' files end in.</summary>
    public const string FileExtension = ".drv";

    /// <summary>Reads the ATerm that a <c>.drv</c> file holds.</summary>
    /// <param name="aterm">The file's bytes.</param>
    /// <param name="name">The derivation's name, which the file's name has before <c>.drv</c>.</param>
    /// <param name="directory">The store directory, <c>/nix/store</c> unless given.</param>
    /// <exception cref="NixFormatException">The bytes are no derivation; the exception has the offset.</exception>
    public static Derivation Parse(ReadOnlySpan<byte> aterm, string name, StoreDirectory? directory = null)
    {
        CheckName(name);
        return new DerivationReader(aterm, name, directory ?? StoreDirectory.Default).Read();
    }

    /// <summary>Reads the ATerm of a derivation that has the store path <paramref name="path"/>.</summary>
    /// <exception cref="NixFormatException">The bytes are no derivation, or the path is not one's.</exception>
    public static Derivation Parse(ReadOnlySpan<byte> aterm, StorePath path)
    {
        try
        {
            return Parse(aterm, NameOf(path), path.Directory);
        }
        catch (NixFormatException error) when (error.Offset is not null)
        {
            throw new NixFormatException(error.Code, $"{path} cannot be read: {error.Message}", innerException: error);
        }
    }

    /// <summary>The ATerm: what its <c>.drv</c> file holds.</summary>
    public byte[] ToAterm() => AtermWriter.Write(this, WriteTo, static bytes => bytes.ToArray());

    /// <summary>Writes the ATerm.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(ToAterm());
    }

    /// <summary>Writes the ATerm to a stream, which stays open.</summary>
    public void WriteTo(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(ToAterm());
    }

    /// <summary>All that its <c>.drv</c> file refers to, sorted: sources and derivations.</summary>
    public IReadOnlyList<StorePath> GetReferences() => [.. InputSources.Concat(InputDerivations.Keys).Distinct().Order()];

    /// <summary>The store path of its <c>.drv</c> file.</summary>
    public StorePath ComputePath()
    {
        var address = ContentAddress.Text(AtermWriter.Hash(this, WriteTo));
        return StorePath.FromContentAddress($"{Name}.drv", address, GetReferences(), directory: StoreDirectory);
    }

    /// <summary>The derivation's name that a <c>.drv</c> file's path tells.</summary>
    /// <exception cref="NixFormatException">The path does not end in <c>.drv</c>.</exception>
    public static string NameOf(StorePath path) => path.IsDerivation && path.Name.Length > FileExtension.Length
        ? path.Name[..^FileExtension.Length]
        : throw new NixFormatException(NixErrorCodes.InvalidDerivation, $"{path} is not a derivation: its name does not end in .drv. Give the path of a derivation.");

    private static void WriteTo(AtermWriter writer, Derivation derivation) => new DerivationWriter(writer, derivation).Write();
}
