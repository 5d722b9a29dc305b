using System.Runtime.InteropServices;
using System.Text;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Building;

/// <summary>
/// The terminal that a builder prints on, as Nix gives it one: programs that print on a terminal do so line by line,
/// and standard output and error come in the order in which they were written.
/// </summary>
internal sealed class PseudoTerminal : IDisposable
{
    private readonly FileDescriptor _master;
    private readonly FileDescriptor _slave;

    private PseudoTerminal(FileDescriptor master, FileDescriptor slave, string path)
    {
        _master = master;
        _slave = slave;
        Path = path;
    }

    /// <summary>The file that the builder opens.</summary>
    public string Path { get; }

    /// <exception cref="NixStoreException">The machine gives no terminals.</exception>
    public static PseudoTerminal Open()
    {
        var number = LibC.OpenTerminal(LibC.ReadWrite | LibC.NoControllingTerminal | LibC.CloseOnExec);
        if (number < 0)
        {
            throw Failed("be opened", Marshal.GetLastPInvokeError());
        }

        var master = new FileDescriptor(number);
        try
        {
            Span<byte> name = stackalloc byte[128];
            if (LibC.GrantTerminal(number) != 0 || LibC.UnlockTerminal(number) != 0)
            {
                throw Failed("be unlocked", Marshal.GetLastPInvokeError());
            }

            if (LibC.TerminalName(number, name, name.Length) is not 0 and var errno)
            {
                throw Failed("be found", errno);
            }

            var path = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
            return new PseudoTerminal(master, OpenRaw(path), path);
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of the builder's side, so that what can be read has an end once no program has it.</summary>
    public void CloseSlave() => _slave.Dispose();

    /// <summary>Reads what was printed.</summary>
    /// <returns>How many bytes; 0 at the end; -1 where the time passed first.</returns>
    public int Read(Span<byte> buffer, TimeSpan? timeout)
    {
        var milliseconds = timeout is { } limit ? (int)Math.Clamp(Math.Ceiling(limit.TotalMilliseconds), 0, int.MaxValue) : -1;
        while (true)
        {
            var entry = new PollEntry { Descriptor = _master.Number, Events = LibC.PollIn };
            var ready = LibC.Poll(ref entry, 1, milliseconds);
            if (ready == 0)
            {
                return -1;
            }

            var count = ready < 0 ? -1 : LibC.Read(_master.Number, buffer, buffer.Length);
            if (count >= 0)
            {
                return (int)count;
            }

            // The kernel says that there is an error once nobody has the other side open.
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                return 0;
            }
        }
    }

    public void Dispose()
    {
        _slave.Dispose();
        _master.Dispose();
    }

    /// <summary>Opens the builder's side and stops it from turning line feeds into two characters.</summary>
    private static FileDescriptor OpenRaw(string path)
    {
        var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(path), LibC.ReadWrite | LibC.NoControllingTerminal | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            throw Failed("be opened", Marshal.GetLastPInvokeError());
        }

        var slave = new FileDescriptor(number);
        Span<byte> attributes = stackalloc byte[LibC.TerminalAttributesSize];
        if (LibC.GetTerminalAttributes(number, attributes) == 0)
        {
            LibC.MakeRaw(attributes);
            if (LibC.SetTerminalAttributes(number, 0, attributes) == 0)
            {
                return slave;
            }
        }

        slave.Dispose();
        throw Failed("be set up", Marshal.GetLastPInvokeError());
    }

    private static NixStoreException Failed(string what, int errno) => new(
        NixErrorCodes.SandboxUnavailable,
        $"Nothing can be built: the terminal that a builder prints on cannot {what}: {FileErrors.Describe(errno)}. Mount devpts on /dev/pts.");
}
