namespace NixSharp.Images.Layerings;

/// <summary>Some of up to 128 primaries, which is one more than an image can have layers.</summary>
internal readonly record struct LayerUsers(UInt128 Bits)
{
    public static LayerUsers None => default;

    public static LayerUsers operator |(LayerUsers left, LayerUsers right) => new(left.Bits | right.Bits);

    public static LayerUsers Of(int primary) => new(UInt128.One << primary);

    public LayerUsers Without(LayerUsers others) => new(Bits & ~others.Bits);

    public bool Overlaps(LayerUsers others) => (Bits & others.Bits) != UInt128.Zero;
}
