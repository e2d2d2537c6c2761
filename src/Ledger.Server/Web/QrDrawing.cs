using System.Globalization;
using System.Text;
using QRCoder;

namespace Ledger.Server;

/// <summary>An address as a QR code, drawn as one path.</summary>
/// <param name="Address">What it says.</param>
/// <param name="Path">The dark modules, for the d of an SVG path.</param>
/// <param name="Size">Modules on a side, the quiet zone around them included.</param>
public sealed record QrDrawing(string Address, string Path, int Size)
{
    internal static QrDrawing Of(string address)
    {
        // Medium correction: a fold or a stain of a printed page takes away up to 15 per cent.
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var y = 0; y < data.ModuleMatrix.Count; y++)
        {
            for (var x = 0; x < data.ModuleMatrix[y].Count; x++)
            {
                if (data.ModuleMatrix[y][x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return new(address, path.ToString(), data.ModuleMatrix.Count);
    }
}
