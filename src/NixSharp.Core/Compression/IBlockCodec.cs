namespace NixSharp.Compression;

/// <summary>Compresses blocks one by one, so that they can be compressed side by side and lie one behind the other.</summary>
internal interface IBlockCodec
{
    /// <summary>Tells apart implementations that write other bytes for the same input.</summary>
    string Fingerprint { get; }

    /// <summary>Compresses one block of at most <see cref="BlockPipeline.BlockSize"/> bytes, on any thread.</summary>
    PooledBlock Compress(PooledBlock input);
}
