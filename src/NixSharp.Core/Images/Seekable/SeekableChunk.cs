namespace NixSharp.Images.Seekable;

/// <summary>A piece of a file that is compressed on its own.</summary>
/// <param name="Block">The number of the block.</param>
/// <param name="Offset">Where the piece starts in the file.</param>
/// <param name="Size">How many bytes of the file it has.</param>
/// <param name="Digest">Their digest.</param>
internal readonly record struct SeekableChunk(int Block, long Offset, int Size, string Digest);
