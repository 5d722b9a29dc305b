namespace NixSharp.Images.Tar;

/// <summary>What a tar archive says of an entry besides its name and contents.</summary>
/// <param name="Mode">The permission bits.</param>
/// <param name="Owner">The number of the user that it belongs to; names are never written.</param>
/// <param name="Group">The number of the group that it belongs to.</param>
internal readonly record struct TarAttributes(int Mode, int Owner = 0, int Group = 0);
