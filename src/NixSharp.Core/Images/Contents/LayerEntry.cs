using NixSharp.Images.Tar;

namespace NixSharp.Images.Contents;

/// <summary>An entry of a layer, checked: it lies inside the image's root.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">Where it is, without a slash at either end; empty for the root.</param>
/// <param name="Link">What a symlink points to; the path that a hard link shares its file with, in the form of <paramref name="Path"/>.</param>
/// <param name="Entry">The entry as it was written.</param>
internal readonly record struct LayerEntry(LayerEntryKind Kind, string Path, string Link, TarEntry Entry);
