namespace NixSharp.Images;

/// <summary>An image whose layers have all been read.</summary>
/// <param name="EntryCount">How many files, folders, links and whiteouts they have.</param>
/// <param name="ContentSize">How many bytes the files in them have.</param>
public readonly record struct VerifiedImage(long EntryCount, long ContentSize);
