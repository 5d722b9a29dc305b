namespace NixSharp.Images.Tar;

/// <summary>An entry of a tar archive as it is written there: nothing of it has been checked but the size.</summary>
/// <param name="Type">The kind of entry.</param>
/// <param name="Name">Its name.</param>
/// <param name="Link">What it links to, of links.</param>
/// <param name="Offset">Where its contents start in the archive.</param>
/// <param name="Size">How many bytes its contents have.</param>
/// <param name="Mode">The permission bits.</param>
/// <param name="Owner">The number of the user that it belongs to.</param>
/// <param name="Group">The number of the group that it belongs to.</param>
internal readonly record struct TarEntry(TarEntryType Type, string Name, string Link, long Offset, long Size, int Mode, int Owner, int Group);
