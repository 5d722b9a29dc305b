using System.Globalization;
using System.Text;

namespace NixSharp.Images.Tar;

/// <summary>What extended headers say of the entry behind them, instead of its own header.</summary>
internal sealed class TarOverrides
{
    public string? Name { get; set; }

    public string? Link { get; set; }

    public long? Size { get; private set; }

    public long? Owner { get; private set; }

    public long? Group { get; private set; }

    /// <summary>Takes a pax record; false where its value is malformed.</summary>
    public bool TrySet(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("path"u8))
        {
            Name = Encoding.UTF8.GetString(value);
        }
        else if (key.SequenceEqual("linkpath"u8))
        {
            Link = Encoding.UTF8.GetString(value);
        }
        else if (key.SequenceEqual("size"u8) || key.SequenceEqual("uid"u8) || key.SequenceEqual("gid"u8))
        {
            if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            switch (key[0])
            {
                case (byte)'s':
                    Size = number;
                    break;
                case (byte)'u':
                    Owner = number;
                    break;
                default:
                    Group = number;
                    break;
            }
        }
        else if (key.StartsWith("GNU.sparse."u8))
        {
            return false;
        }

        return true;
    }

    public void Clear()
    {
        Name = null;
        Link = null;
        Size = null;
        Owner = null;
        Group = null;
    }
}
