namespace NixSharp.Images.Tar;

/// <summary>An entry of a tar archive as it is written there: nothing of it has been checked but the size.</summary>
/// <param name="Type">The kind of entry.</param>
/// <param name="Name">Its name.</param>
/// <param name="Link">What it links to, of links.</param>
/// <param name="Offset">Where its contents start in the archive.</param>
/// <param name="Size">How many bytes its contents have.</param>
internal readonly record struct TarEntry(TarEntryType Type, string Name, string Link, long Offset, long Size);
