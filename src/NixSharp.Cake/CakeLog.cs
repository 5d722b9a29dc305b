using Cake.Core.Diagnostics;

namespace NixSharp.Cake;

/// <summary>Puts what programs print into Cake's log, line by line and on the spot.</summary>
internal sealed class CakeLog(ICakeLog log) : IProgress<string>
{
    public void Report(string value) => log.Verbose("{0}", value);
}
