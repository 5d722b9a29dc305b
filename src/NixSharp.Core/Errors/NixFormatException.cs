namespace NixSharp;

/// <summary>Text or bytes that are not in the format that they should be in (<c>NIXS1xxx</c>).</summary>
public sealed class NixFormatException : NixException
{
    /// <summary>Makes a format error, with the offset of the offence where it is known.</summary>
    public NixFormatException(string code, string message, long? offset = null, Exception? innerException = null)
        : base(code, offset is { } at ? $"{message} (at offset {at})" : message, innerException)
    {
        Offset = offset;
    }

    /// <summary>Where the input is wrong, in bytes or characters from its start, if that is known.</summary>
    public long? Offset { get; }
}
