namespace NixSharp.DotNet;

/// <summary>Where a file of a publish output comes from; what changes most often comes first.</summary>
internal enum PublishedOrigin
{
    Application,
    Package,
    Runtime,
}
