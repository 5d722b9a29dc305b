namespace NixSharp.Images.Tar;

/// <summary>A file in a tar archive.</summary>
/// <param name="Offset">Where its contents start in the archive.</param>
/// <param name="Size">How many bytes it has.</param>
internal readonly record struct TarMember(long Offset, long Size);
