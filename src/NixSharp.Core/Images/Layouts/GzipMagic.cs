namespace NixSharp.Images.Layouts;

/// <summary>The two bytes that every gzip file starts with.</summary>
internal static class GzipMagic
{
    public static bool Matches(ReadOnlySpan<byte> start) => start is [0x1f, 0x8b, ..];
}
